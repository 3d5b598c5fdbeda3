"""From data to a catalog: what files hold, as a document for people to edit.

Data is read part by part (`formats`, and a module per format), what is seen is summed up per column (`survey`,
`evidence`), and a draft of each feature (`drafts`) becomes text with the evidence beside it (`document`).
"""
