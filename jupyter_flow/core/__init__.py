"""The pure core: no I/O, no clock, no randomness, no asyncio.

The values that everything else speaks of:

    errors, ids, states, options        words
    expressions, flow, graph            a flow as it is defined
    attempt, task_run, tally, run       a run as it goes
    events, commands                    what happens to a run, and what it asks for

and the rooms in which something is done with them:

    language    text to flow and back
    build       the same flows in Python
    notebooks   what a notebook is known to want and to make
    resolve     names to notebooks, and every mistake
    machine     step(run, event): the heart
    inputs      the final parameters of an attempt
    pictures    flows and runs drawn
    words, report, asking
                what people read and type, the same for every face
"""
