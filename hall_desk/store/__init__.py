"""What is remembered: tables, migrations, journal, change notices."""
