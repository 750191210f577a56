"""What executing notebooks costs, beside papermill and a plain ``exec`` of the cells.

``python -m benchmarks.execution`` prints one table: for every row of work all ways in turn, round
by round, with the medians of wall and CPU, the ratios to ours, and the goals. For Linux.
"""
