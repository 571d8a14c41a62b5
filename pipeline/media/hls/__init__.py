"""HTTP Live Streaming: its playlists, the segments that they name, and the rules that both are held to."""
