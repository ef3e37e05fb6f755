"""Who is called: register rows become contacts, the sampling frame of the survey."""
