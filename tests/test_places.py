"""From a text to a place, to a question which one, or to "abroad"; and never from an ordinary word."""

from __future__ import annotations

import pytest

from smsline.engine.places import ABROAD, Found, kilometres

PLACES = {
    "a postcode": """
        3011: Rotterdam | 1012ab: Amsterdam | 1012 AB: Amsterdam | 1012-ab: Amsterdam | ３０１１: Rotterdam
        1 0 1 2: Amsterdam | 10 12: Amsterdam
        الرمز ٣٠١١: Rotterdam | 6811.: Arnhem | código postal 7311: Apeldoorn | код 6211: Maastricht
        邮编2511: Den Haag | its 6041: Roermond | 1506 zaandam: Zaanstad | 2011: Haarlem | 2011 haarlem: Haarlem""",
    "a name": """
        Utrecht: Utrecht | 's-Gravenhage: Den Haag | The Hague: Den Haag | den bosch: 's-Hertogenbosch
        alphen a/d rijn: Alphen aan den Rijn | Groningen: Groningen | in Best: Best | Best: Best | Een: Noordenveld
        oss: Oss | ik woon in oss: Oss | ter apel: Westerwolde | America: Horst aan de Maas
        Hasselt: Zwartewaterland""",
    "a neighbourhood, or what callers call it": """
        de Wallen: Amsterdam | red light district: Amsterdam | keileweg: Rotterdam | in doublet straat: Den Haag
        Geleenstraat: Den Haag | zandpad: Utrecht | adam zuidoost: Amsterdam | rdam zuid: Rotterdam | bijlmer: Amsterdam
        zuilen: Utrecht | strijp: Eindhoven | laak: Den Haag | singel: Amsterdam | utrecht overvecht: Utrecht
        lombok arnhem: Arnhem | 红灯区: Amsterdam""",
    "a short form": """
        a'dam: Amsterdam | r'dam: Rotterdam | ehv: Eindhoven | boz: Bergen op Zoom | mokum: Amsterdam | 010?: Rotterdam
        leeuw: Leeuwarden | utrecht cs: Utrecht""",
    "a typing error": """
        roterdam: Rotterdam | rotterdma: Rotterdam | amsterdm: Amsterdam | eindhovn: Eindhoven | tilburgh: Tilburg
        masstricht: Maastricht | neimegen: Nijmegen | nimegen: Nijmegen | rosendaal: Roosendaal
        arnem: Arnhem | den hagg: Den Haag | appeldoorn: Apeldoorn | i am near roterdam: Rotterdam""",
    "another language": """
        haga: Den Haag | la haya: Den Haag | Haia: Den Haag | à La Haye: Den Haag
        Lejda: Leiden | Bois-le-Duc: 's-Hertogenbosch
        амстердам: Amsterdam | Неймеген: Nijmegen | Хаарлем: Haarlem | Ейндговен: Eindhoven | الهاي: Den Haag
        لاهاي: Den Haag | ايندهوفن: Eindhoven | خرونينجن: Groningen | 鹿特丹: Rotterdam | 我在海牙工作: Den Haag""",
    "an ending": """
        w Utrechcie: Utrecht | w Hadze: Den Haag | kolo Utrechtu: Utrecht | w Rotterdamie: Rotterdam
        Amszterdamban: Amsterdam | Hágában: Den Haag | eindhovenben lakom: Eindhoven | Rotterdamtól: Rotterdam
        utrecht'te çalışıyorum: Utrecht | roterdamdayim: Rotterdam | lahey'deyim: Den Haag | bredadayım: Breda
        в Гааге: Den Haag | в гаазі: Den Haag | из Эйндховена: Eindhoven | в Бреде: Breda | в Амстердамі: Amsterdam
        بامستردام: Amsterdam | بلاهاي: Den Haag""",
    "words around it": """
        i am near utrecht cs: Utrecht | ik zit in een dorp vlakbij emmen: Emmen | ben nu in goes: Goes
        we are staying in a hotel in breda: Breda | lucrez la Haga: Den Haag | j'habite à Rotterdam: Rotterdam
        i come from romania but i am in tilburg now: Tilburg | ana saken f rotterdam: Rotterdam""",
    "a second word that settles it": """
        bergen limburg: Bergen (L) | bergen nh: Bergen (NH) | hengelo gld: Bronckhorst | elst utrecht: Rhenen
        laren gelderland: Lochem | valkenburg zh: Katwijk | rijswijk den haag: Rijswijk | hengelo enschede: Hengelo
        Берген Лимбург: Bergen (L) | velp arnhem: Rheden""",
}  # fmt: skip

NONE = """
    help | hello | stop | test | thanks | yes | ??? | asdkj | 1 | xxx | weer | need | here | call me | how are you
    nu | igen | нет | oui | спасибо | köszönöm | 你好 | مرحبا | multumesc | i dont know | weet ik niet | nu stiu | no sé
    не знаю | nem tudom | nie wiem | não sei | je ne sais pas | bilmiyorum | لا اعرف | 不知道 | ma3rftch | at home
    thuis | acasa | в дома | evde | google | december | raam | club | in a hotel | nederland | Holland | Голландия
    荷兰 | this is the best | i am well | goes well | adam beni dovuyor | 20:00 | 2000€ | €1500 | 1500 euro per maand
    am 3000 de euro datorie | i have 1500 on my bank | room 1204 | born in 1998 | i am 1990 | in 2019 i came here
    0612345678
"""

FOREIGN = """
    Antwerp | Anvers | brussel | Bruxelas | Брюссель | بروكسل | 布鲁塞尔 | gent | Luik | Aken | Köln | lagos | lisboa
    Bucuresti | sofia | Warszawa | w Warszawie | Budapesten | в киеве | Київ | в Одессе | istanbul'da | İzmir'de
    الدار البيضاء | 北京 | romania | în România | Polska | Almanya | Германия | المغرب | i am in germany
    Zürich | Essen | Mechelen Belgium
"""


def rows(text: str) -> list[str]:
    return [row.strip() for line in text.strip().split("\n") for row in line.split("|")]


ROWS = [row.rsplit(": ", 1) for text in PLACES.values() for row in rows(text)]


@pytest.mark.parametrize(("text", "municipality"), ROWS)
def test_a_place_that_was_asked(line, text, municipality):
    found = line.gazetteer.read(text, asked=True)
    assert isinstance(found, Found), found
    assert (found.place.municipality, found.rivals) == (municipality, ())


@pytest.mark.parametrize("text", ["", *rows(NONE)])
def test_words_that_are_no_place(line, text):
    assert line.gazetteer.read(text, asked=True) is None


@pytest.mark.parametrize("text", rows(FOREIGN))
def test_a_place_abroad_is_told_as_such(line, text):
    assert line.gazetteer.read(text, asked=True) == ABROAD


@pytest.mark.parametrize(
    "text",
    [
        "ik zit vast in een huis",
        "he says i owe him 9000",
        "this is the best",
        "i work well",
        "i earn 2000 euro",
        "since 2019",
        "i am from romania want sti test",
        "my man went back to istanbul and took my passport",
        "im from brazil on tourist stamp can i do massage here",
        "vreau sa ma intorc acasa in romania da n am bani de drum",
        "jai pas fait ma declaration depuis 2019 je risque koi",
        "get a loan up to 5000 today",
    ],
)
def test_ordinary_talk_names_no_place(line, text):
    assert line.gazetteer.read(text) is None


@pytest.mark.parametrize(
    ("text", "municipalities"),
    [
        ("bergen", ["Bergen (NH)", "Bergen (L)"]),
        ("i am in bergen", ["Bergen (NH)", "Bergen (L)"]),
        ("Берген", ["Bergen (NH)", "Bergen (L)"]),
        ("Hengelo", ["Hengelo", "Bronckhorst"]),
        ("rijswijk", ["Rijswijk", "Altena"]),
        ("velp", ["Rheden", "Land van Cuijk"]),
        ("elst", ["Overbetuwe", "Rhenen"]),
        ("nes", ["Ameland", "Heerenveen", "Noardeast-Fryslân"]),
        ("beek limburg", ["Beek"]),
        ("hoorn", ["Hoorn"]),  # the one on Terschelling is a hundred and sixty times smaller
        ("utrecht", ["Utrecht"]),
        ("kralingen", ["Rotterdam"]),
    ],
)
def test_a_name_is_asked_that_several_inhabited_places_have(line, text, municipalities):
    found = line.gazetteer.find(text, asked=True)
    assert [place.municipality for place in (found.place, *found.rivals)] == municipalities


@pytest.mark.parametrize(
    ("text", "municipality"),
    [("limburg", "Bergen (L)"), ("noord holland", "Bergen (NH)"), ("nh", "Bergen (NH)"),
     ("лимбург", "Bergen (L)"), ("no", None), ("bergen", None), ("utrecht", None)],
)  # fmt: skip
def test_the_question_which_one_is_answered_in_words_too(line, text, municipality):
    found = line.gazetteer.find("bergen", asked=True)
    meant = line.gazetteer.among((found.place, *found.rivals), text)
    assert (meant and meant.municipality) == municipality


def test_an_ambiguous_name_gives_the_likeliest_and_the_others(line):
    found = line.gazetteer.find("Hengelo", asked=True)
    assert found.place.province == "Overijssel"
    assert "Gelderland" in {other.province for other in found.others}


def test_a_province_is_a_place(line):
    assert line.gazetteer.find("Limburg", asked=True).place.kind == "province"


def test_a_name_is_dutch_or_foreign(line):
    assert not line.gazetteer.abroad & line.gazetteer.names.keys()


def test_a_post_office_box_is_taken_to_the_nearest_number(line):
    assert 3000 not in line.gazetteer.postcodes
    assert line.gazetteer.find("3000", asked=True).place.municipality == "Rotterdam"


@pytest.mark.parametrize(
    ("text", "municipality"),
    [("a" * 1600, None), ("ab " * 530, None), ("1" * 1600, None), ("a" + "\u0301" * 1599, None), ("in " * 500, None),
     ("€" * 1600, None), ("9." * 800, None), ("Б" * 1600, None), ("我在海牙工作" * 260, "Den Haag"),
     ("utrecht " * 200, "Utrecht")],
)  # fmt: skip
def test_a_long_or_strange_text_has_no_place_or_the_one_that_it_names(line, text, municipality):
    found = line.gazetteer.read(text, asked=True)
    assert (found.place.municipality if isinstance(found, Found) else found) == municipality


def test_distance_is_measured_along_the_earth():
    assert kilometres((52.3731, 4.8922), (51.9225, 4.4792)) == pytest.approx(57.5, abs=1)
