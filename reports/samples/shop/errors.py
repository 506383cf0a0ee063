"""What the shop raises by itself. Names are those that python-oops' users know."""


class NotFound(Exception):
    """There is no such page, or nothing that it could show."""


class GoneError(Exception):
    """There was such a thing once."""


class Unauthorized(Exception):
    """The visitor may not do this."""


class UnexpectedFormData(Exception):
    """A form was sent that no page of ours would send."""


class OffsiteFormPostError(Exception):
    """A form was sent from a page of somebody else's."""


class InvalidBatchSizeError(Exception):
    """More results on a page than are given out."""


class UnsupportedFeedFormat(Exception):
    """A feed in a form that is not written."""


class UntrustedReturnURL(Exception):
    """After signing in the visitor would be sent to another site."""


class RequestExpired(Exception):
    """The request used up its time before this statement."""


class RequestStatementTimedOut(Exception):
    """A statement was cut off, since the request's time was used up."""


class IntegrityError(Exception):
    """The database refused to break one of its rules."""


class ProgrammingError(Exception):
    """The database does not understand the statement."""


class PaymentFailed(Exception):
    """The payments service took no money, or did not say so."""


class StaleStockLevels(Exception):
    """The page was shown, but with stock levels of an hour ago."""
