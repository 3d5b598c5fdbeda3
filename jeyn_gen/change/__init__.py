"""How changes of documents are judged: what each needs of the version, whom it breaks, and the bump that follows."""
