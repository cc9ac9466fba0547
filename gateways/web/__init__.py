"""The pages: server-rendered, Chinese first, readable without JavaScript."""
