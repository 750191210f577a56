"""Forked kernels: ready in milliseconds, because they are copies of a process that is ready.

`zygote` is that process, single-threaded, with IPython's kernel built and nothing running.
`kernel` is what a copy of it becomes: the stock kernel, its messages on one socket (`line`,
`streams`); all that touches ipykernel's insides is in those. `nursery` is the other end, in the
executor's process. `fitness` says which notebooks can be run this way, `libraries` and `preloading`
what is loaded beforehand. Linux only. Imports nothing by itself.
"""
