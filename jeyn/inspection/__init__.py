"""Looking at what there is: on this machine, in an environment, on its cluster. Nothing is changed."""
