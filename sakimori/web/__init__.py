"""The page frame: settings, URL map, components."""
