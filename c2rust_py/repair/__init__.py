"""The loop that has models fill stubs: work list, requests, gates, budget, and a store from which it resumes (DESIGN 8)."""
