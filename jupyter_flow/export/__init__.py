"""Flows in the words of others: Airflow, Mermaid, Graphviz, JSON. Text out; nothing is run."""
