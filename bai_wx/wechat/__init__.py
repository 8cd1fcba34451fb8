"""WeChat's server API in Python's words, and a stand-in that speaks the same JSON."""
