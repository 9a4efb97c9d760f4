"""Arbitrary requests and answers, as wide as the schemas allow; the limits here are read off the contract's facts."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from ehbox_soap.wire import types as t

# Every character of XML 1.0, carriage returns and the like included.
_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from(
    "\t\n\r"
)


def text(least: int = 0, most: int = 20) -> st.SearchStrategy[str]:
    return st.text(_CHARACTERS, min_size=least, max_size=most)


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def many(strategy: st.SearchStrategy[object], least: int = 0) -> st.SearchStrategy[object]:
    return st.lists(strategy, min_size=least, max_size=3).map(tuple)


octets = st.binary(max_size=20)
dates = st.dates(date.min, date.max)
# xs:dateTime goes out with milliseconds.
moments = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
whole = st.integers(0, 2**31 - 1)
message_ids = st.text(string.ascii_letters + string.digits, min_size=13, max_size=13)
publication_ids = text(1, 13)
ooo_ids = text(1, 13)
folders = st.sampled_from([t.Source.INBOX, t.Source.SENTBOX, t.Source.BININBOX, t.Source.BINSENTBOX])
origins = st.sampled_from([t.Source.INBOX, t.Source.SENTBOX, t.Source.HISTORY])
starts = st.integers(1, 2**31 - 1)

boxes = st.builds(t.BoxId, id=text(), type=text(), quality=text(), sub_type=maybe(text()))
users = st.builds(t.User, inss=text(11, 11), first_name=text(1), last_name=text(1))
mandates = st.builds(t.Mandate, id=text(), type=text(), sub_type=maybe(text()), name=maybe(text()))
addressees = st.builds(t.Destination, box=boxes, user=maybe(users))
readers = st.builds(t.Destination, box=boxes, user=maybe(users), mandate=maybe(mandates))
destinations = st.builds(
    t.Destination, box=boxes, user=maybe(users), mandate=maybe(mandates), ooo_processed=maybe(st.booleans())
)
senders = st.builds(t.Sender, box=boxes, name=text(), first_name=maybe(text()), person_in_organisation=maybe(text()))

contents = st.builds(t.Content, data=octets, attached=st.booleans())
free_informations = st.one_of(
    st.builds(t.FreeText, text=octets),
    st.builds(t.FreeTable, rows=many(st.tuples(octets, octets), 1), title=maybe(text())),
    st.builds(t.OldFreeInformation, data=octets, render=text(1)),
)
specifications = st.builds(
    t.ContentSpecification,
    content_type=st.sampled_from(t.ContentType),
    application_name=maybe(text(1, 25)),
    is_important=st.booleans(),
    is_encrypted=st.booleans(),
)
receipts = st.builds(t.Receipts, publication=st.booleans(), received=st.booleans(), read=st.booleans())
custom_metas = many(st.builds(t.CustomMeta, key=text(1), value=text(1)))
metas = many(st.builds(t.Meta, type=text(1), values=many(text(1), 1)))
mails = many(text(1))


def message_contents(digest: st.SearchStrategy[object]) -> dict[str, st.SearchStrategy[object]]:
    """The fields that a published and a consulted message have; `digest`: text in one, None in the other."""
    file = {"content": contents, "download_file_name": text(1), "mime_type": text(1), "digest": digest}
    return {
        "document": st.builds(t.Document, title=text(1), **file),
        "free_informations": maybe(free_informations),
        "patient_inss": maybe(octets),
        "annexes": many(st.builds(t.Annex, title=octets, **file)),
    }


acknowledgments = st.builds(
    t.Acknowledgment,
    message_id=message_ids,
    ack_type=st.sampled_from(["PUBLISHED", "RECEIVED", "READ"]),
    moment=moments,
    recipient=maybe(boxes),
)
errors = st.one_of(
    st.builds(
        t.ErrorNotice,
        code=text(),
        messages=many(text(), 1),
        destinations=many(boxes),
        publication_id=maybe(text()),
    ),
    st.builds(t.ErrorNotice, code=text(), messages=many(text(), 1), failures=many(text())),
)

_of_box = {"box_id": maybe(boxes)}
_pages = {"start_index": starts, "end_index": maybe(starts)}
_period = {"start_date": dates, "end_date": dates, "substitutes": many(boxes)}

REQUESTS: dict[type, st.SearchStrategy[object]] = {
    t.SendMessageRequest: st.builds(
        t.SendMessageRequest,
        destinations=many(destinations, 1),
        content=st.builds(t.MessageContent, **message_contents(text())),
        specification=specifications,
        receipts=receipts,
        custom_metas=custom_metas,
        metas=metas,
        copy_mail_to=mails,
        publication_id=maybe(publication_ids),
        **_of_box,
    ),
    t.GetMessagesListRequest: st.builds(t.GetMessagesListRequest, source=folders, **_pages, **_of_box),
    t.GetAllEhboxesMessagesListRequest: st.builds(t.GetAllEhboxesMessagesListRequest, source=folders, **_pages),
    t.GetFullMessageRequest: st.builds(t.GetFullMessageRequest, message_id=message_ids, source=origins, **_of_box),
    t.GetHistoryRequest: st.builds(t.GetHistoryRequest, message_id=message_ids, source=origins, **_of_box),
    t.GetBoxInfoRequest: st.builds(t.GetBoxInfoRequest, **_of_box),
    t.GetMessageAcknowledgmentsStatusRequest: st.builds(
        t.GetMessageAcknowledgmentsStatusRequest, message_id=message_ids, **_pages, **_of_box
    ),
    t.MoveMessageRequest: st.builds(
        t.MoveMessageRequest, source=folders, destination=folders, message_ids=many(message_ids, 1), **_of_box
    ),
    t.DeleteMessageRequest: st.builds(
        t.DeleteMessageRequest, source=folders, message_ids=many(message_ids, 1), **_of_box
    ),
    t.InsertOoORequest: st.builds(t.InsertOoORequest, **_period, **_of_box),
    t.GetOoOListRequest: st.builds(t.GetOoOListRequest, **_of_box),
    t.DeleteOoORequest: st.builds(t.DeleteOoORequest, ooo_ids=many(ooo_ids, 1), **_of_box),
}

statuses = st.builds(
    t.Status, code=text(), messages=many(st.tuples(st.sampled_from(["FR", "NL", "EN", "DE", "NA"]), text()), 1)
)
_status = {"status": statuses}
recipients = st.builds(t.Recipient, destination=addressees) | st.builds(
    t.Recipient, destination=addressees, absent_from=dates, absent_to=dates, substitutes=many(boxes)
)
infos = st.builds(t.MessageInfo, publication_date=dates, expiration_date=dates, size=whole)
listed = st.builds(
    t.ListedMessage,
    message_id=message_ids,
    destination=addressees,
    sender=senders,
    info=infos,
    specification=specifications,
    content=maybe(
        st.builds(
            t.ContentInfo,
            title=text(1),
            mime_type=text(1),
            has_free_informations=st.booleans(),
            has_annex=st.booleans(),
            patient_inss=maybe(octets),
        )
    ),
    custom_metas=custom_metas,
)
full = st.builds(
    t.FullMessage,
    message_id=message_ids,
    sender=senders,
    destinations=many(readers, 1),
    content=st.builds(
        t.MessageContent, acknowledgment=maybe(acknowledgments), error=maybe(errors), **message_contents(st.none())
    ),
    specification=specifications,
    info=infos,
    publication_id=maybe(publication_ids),
    custom_metas=custom_metas,
    metas=metas,
    copy_mail_to=mails,
)
box_infos = st.builds(t.BoxInfo, box=boxes, messages_in_stand_by=whole, current_size=whole, max_size=whole)
rows = st.builds(
    t.AcknowledgmentRow,
    recipient=addressees,
    published=maybe(moments),
    received=maybe(moments),
    read=maybe(moments),
)


def lists(kind: type) -> st.SearchStrategy[object]:
    """A refusal has a Status only; a page has its Source, with or without rows."""
    return st.builds(kind, **_status) | st.builds(kind, **_status, source=folders, messages=many(listed))


ANSWERS: dict[type, st.SearchStrategy[object]] = {
    t.SendMessageResponse: st.builds(
        t.SendMessageResponse,
        **_status,
        id=maybe(text()),
        sent_publication_id=maybe(publication_ids),
        recipients=many(recipients),
    ),
    t.GetMessagesListResponse: lists(t.GetMessagesListResponse),
    t.GetAllEhboxesMessagesListResponse: lists(t.GetAllEhboxesMessagesListResponse),
    t.GetFullMessageResponse: st.builds(t.GetFullMessageResponse, **_status, message=maybe(full)),
    t.GetHistoryResponse: st.builds(t.GetHistoryResponse, **_status, message_ids=many(message_ids)),
    t.GetBoxInfoResponse: st.builds(t.GetBoxInfoResponse, **_status, info=maybe(box_infos)),
    t.GetMessageAcknowledgmentsStatusResponse: st.builds(
        t.GetMessageAcknowledgmentsStatusResponse, **_status, rows=many(rows)
    ),
    t.MoveMessageResponse: st.builds(t.MoveMessageResponse, **_status, message_ids=many(message_ids)),
    t.DeleteMessageResponse: st.builds(t.DeleteMessageResponse, **_status, message_ids=many(message_ids)),
    t.InsertOoOResponse: st.builds(
        t.InsertOoOResponse,
        **_status,
        id=maybe(text()),
        substitutes=many(st.builds(t.Substitute, box=boxes, absent_from=maybe(dates), absent_to=maybe(dates))),
    ),
    t.GetOoOListResponse: st.builds(
        t.GetOoOListResponse, **_status, periods=many(st.builds(t.OoO, ooo_id=ooo_ids, **_period))
    ),
    t.DeleteOoOResponse: st.builds(t.DeleteOoOResponse, **_status, ooo_ids=many(ooo_ids)),
}
