"""The two data sets of the document: from the libraries' caches, by their own download code, or bundled."""
