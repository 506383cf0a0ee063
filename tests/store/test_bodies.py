"""Bodies: small, readable whatever dictionary they were packed with, and without any."""

import pytest
import zstandard

from bench.corpus import Corpus
from reports.formats import as_bson
from reports.models import BodyDictionary, StoredReport
from reports.store import dictionaries
from reports.store.bodies import MissingDictionary, forget_dictionaries, pack, unpack
from reports.store.dictionaries import train_dictionary
from reports.store.reading import load
from tests.making import make_report_dict, process_all, put_in_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def many_bodies(monkeypatch):
    monkeypatch.setattr(dictionaries, "MIN_SAMPLES", 100)
    monkeypatch.setattr(dictionaries, "MAX_SAMPLES", 400)
    bodies = list(Corpus(problems=20).bodies(200))
    put_in_inbox(*bodies)
    assert process_all().stored == 200
    return bodies


def test_a_body_is_readable_though_training_never_ran():
    body = as_bson(make_report_dict())
    assert unpack(pack(body)) == body


def test_an_empty_store_trains_nothing():
    assert train_dictionary().number is None
    assert BodyDictionary.objects.count() == 0


def test_bodies_pack_smaller_after_training_and_older_ones_stay_readable(many_bodies):
    before = len(pack(many_bodies[0]))
    training = train_dictionary()
    assert training.number == dictionaries.FIRST_NUMBER
    assert training.after < training.before
    forget_dictionaries()
    packed = pack(many_bodies[0])
    assert len(packed) < 0.8 * before
    assert zstandard.get_frame_parameters(packed).dict_id == training.number
    assert unpack(packed) == many_bodies[0]
    assert all(load(stored).id == stored.oops_id for stored in StoredReport.objects.all())


def test_a_dictionary_that_still_serves_is_not_replaced(many_bodies):
    assert train_dictionary().number
    assert train_dictionary().number is None
    assert BodyDictionary.objects.count() == 1


def test_a_changed_mix_gets_a_dictionary_of_its_own_beside_the_old_one(many_bodies):
    train_dictionary()
    forget_dictionaries()
    put_in_inbox(*Corpus(problems=20, seed=99).bodies(400))
    process_all()
    assert train_dictionary().number == dictionaries.FIRST_NUMBER + 1
    forget_dictionaries()
    assert all(load(stored) for stored in StoredReport.objects.all()[:300])


def test_a_body_without_its_dictionary_says_which_is_missing(many_bodies):
    train_dictionary()
    forget_dictionaries()
    packed = pack(many_bodies[0])
    BodyDictionary.objects.all().delete()
    forget_dictionaries()
    with pytest.raises(MissingDictionary, match=str(dictionaries.FIRST_NUMBER)):
        unpack(packed)


def test_a_damaged_body_is_an_error_and_no_other_report():
    packed = bytearray(pack(as_bson(make_report_dict())))
    packed[-1] ^= 0xFF
    with pytest.raises(zstandard.ZstdError):
        unpack(bytes(packed))
