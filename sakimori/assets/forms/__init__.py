"""Forms: which items leave under the version in force, in which layout, and what fills an official template."""
