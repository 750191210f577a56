"""What the server can be asked for: one function a route, called in a thread.

Each takes what is served and the fields of the request, calls a use-case, and returns a view.
"""
