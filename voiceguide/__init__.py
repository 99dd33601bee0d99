"""Turn a written routine into one hands-free audio session of exactly the length asked for."""
