"""The steps of the sample loop, by room: each a plain function run inside a deployment, JSON in and JSON out."""
