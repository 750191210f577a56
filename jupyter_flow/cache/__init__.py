"""The cache: what a task depends on is read, and compared with what was so before.

A worker: it reads files, lists what is installed and asks the store. It knows neither runs nor how
notebooks are executed; what it needs to know of kernels is given to it.
"""
