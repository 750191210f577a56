"""The statements that the stores send again and again, made once; by what they are about.

SQLite and PostgreSQL word what happens to a row that is there already alike, but SQLAlchemy has
it in each dialect (`dialects`); all else here is common to both.
"""
