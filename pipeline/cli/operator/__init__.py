"""Commands of the IPTV operator."""
