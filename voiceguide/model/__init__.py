"""The nouns everything else shares: standard library only, pure, frozen."""
