"""Makes attempts: a notebook, its parameters and a kernel in; an executed notebook and an end out.

`local` is the executor; it hands each notebook to papermill, which hands it to our `engine`.
Imports nothing by itself: the parts are heavy.
"""
