"""Call logs as switches, dialers and spreadsheets write them: which calls were made, and what came of each."""
