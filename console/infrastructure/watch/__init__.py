"""The station's own rooms: it watches, records, times and delivers whether or not a seat is open."""
