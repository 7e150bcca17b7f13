"""Numbers called by digits: one at once, two where there are so many. Pure."""

# Judgement: a practised hand strikes two digits within 0.4 s; who stops to look has waited 0.8 s.
SECOND_WITHIN_S = 0.8


class CalledNumber:
    """Digits as they are struck, and the number they name. One owner, one thread."""

    def __init__(self) -> None:
        self._first = 0
        self._struck_s = float("-inf")

    def take(self, digit: int, most: int, now_s: float) -> int | None:
        """Return the number that is called now: the digit, or with the one before it a number of two.

        Args:
            most: the highest number there is; of more than nine, two digits may name one.
            now_s: the monotonic clock.

        Returns:
            ``None`` where there is no such number.
        """
        both = self._first * 10 + digit
        is_second = self._first > 0 and now_s - self._struck_s <= SECOND_WITHIN_S and both <= most
        number = both if is_second else digit
        self._first = 0 if is_second else digit
        self._struck_s = now_s
        return number if 1 <= number <= most else None
