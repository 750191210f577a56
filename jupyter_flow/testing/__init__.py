"""For tests, ours and those of plug-ins: fakes that keep the contracts, and the contracts.

    clocks         FakeClock: an hour's delay takes a millisecond
    luck           a run carried to its end with nothing but the machine
    executors      ExecutorContract, ScriptedExecutor
    contracts      RunStoreContract
    strategies     Hypothesis: any flow
    samples        runs with everything in them
    notebooks      notebooks made in a line
    postgres       a PostgreSQL server that is gone after the test

Import what you need from its module: some of them need pytest or Hypothesis.
"""
