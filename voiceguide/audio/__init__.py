"""Sound in memory: clips, decoding, stitching and levels. numpy and pydub live here."""
