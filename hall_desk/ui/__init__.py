"""The screens: widgets on the UI thread, which ask the services through `background` and wait for nobody."""
