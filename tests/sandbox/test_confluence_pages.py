"""Pages as people read them: what storage format becomes, and what never gets through."""

import pytest

from plugin.sandbox.confluence.render import Surroundings, render
from plugin.sandbox.confluence.values import AttachmentVersion, Draft
from tests.sandbox.confluence_sites import Spoken

NOWHERE = Surroundings(file_url=lambda name: None, page_url=lambda space, title: None)


def shown(body: str) -> str:
    return str(render(body, NOWHERE))


def macro(name: str, inside: str = "") -> str:
    return f'<ac:structured-macro ac:name="{name}">{inside}</ac:structured-macro>'


def rich(inside: str) -> str:
    return f"<ac:rich-text-body>{inside}</ac:rich-text-body>"


@pytest.mark.parametrize(
    ("storage", "html"),
    [
        ("<h2>A &amp; B</h2>", '<h2 id="h1">A &amp; B</h2>'),
        ("<p>1&nbsp;%&eacute;</p>", "<p>1\N{NO-BREAK SPACE}%é</p>"),
        ("<table><tbody><tr><th>a</th></tr></tbody></table>", "<th>a</th>"),
        ('<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>', '<td colspan="2">a</td>'),
        ('<p style="text-align: right; position: fixed">1</p>', '<p style="text-align: right">1</p>'),
        ('<td data-highlight-colour="#f8f7ff">x</td>', '<td style="background:#f8f7ff">x</td>'),
        ('<a href="https://example.com/?a=1&amp;b=2">x</a>', '<a href="https://example.com/?a=1&amp;b=2">x</a>'),
        ('<time datetime="2026-11-22"/>', '<span class="date">2026-11-22</span>'),
        (
            macro(
                "status",
                '<ac:parameter ac:name="colour">Red</ac:parameter><ac:parameter ac:name="title">starved</ac:parameter>',
            ),
            '<span class="status red">starved</span>',
        ),
        (macro("info", rich("<p>x</p>")), '<div class="panel info"><p>x</p></div>'),
        (macro("details", rich("<p>x</p>")), '<div class="properties"><p>x</p></div>'),
        (
            macro("expand", '<ac:parameter ac:name="title">More</ac:parameter>' + rich("<p>x</p>")),
            "<details><summary>More</summary><p>x</p></details>",
        ),
        (macro("toc") + "<h2>One</h2>", '<li class="level2"><a href="#h1">One</a></li>'),
        (
            macro("code", "<ac:plain-text-body><![CDATA[<b> &nbsp;]]></ac:plain-text-body>"),
            "<pre><code>&lt;b&gt; &amp;nbsp;</code></pre>",
        ),
        (macro("jira-chart", rich("<p>x</p>")), '<p class="panel-title">Macro: jira-chart</p><p>x</p>'),
        (
            "<ac:task-list><ac:task><ac:task-status>complete</ac:task-status><ac:task-body>x</ac:task-body></ac:task>"
            "</ac:task-list>",
            '<input type="checkbox" disabled checked> x',
        ),
        ('<ac:image><ri:attachment ri:filename="a.png"/></ac:image>', "The file a.png is not attached"),
    ],
)
def test_storage_format_becomes_html(storage: str, html: str) -> None:
    assert html in shown(storage)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<p><style>body{display:none}</style></p>",
        '<p onclick="alert(1)">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" JaVaScRiPt:alert(1)">x</a>',
        '<a href="data:text/html,alert(1)">x</a>',
        '<a href="//alert(1).example">x</a>',
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        '<iframe src="https://alert(1).example"></iframe>',
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        '<td data-highlight-colour="red;alert(1)">x</td>',
        macro("status", '<ac:parameter ac:name="title">&lt;script&gt;alert(1)</ac:parameter>'),
        macro("&lt;script&gt;alert(1)"),
        macro("html", "<ac:plain-text-body><![CDATA[<script>alert(1)</script>]]></ac:plain-text-body>"),
        '<ac:image ac:alt="&quot; onerror=&quot;alert(1)"><ri:url ri:value="javascript:alert(1)"/></ac:image>',
    ],
)
def test_nothing_that_runs_gets_through(hostile: str) -> None:
    html = shown(hostile).lower()
    for danger in (
        "<script",
        "<style",
        "<iframe",
        "<svg",
        "onclick=",
        "javascript:",
        "data:text",
        "//alert",
        ' onerror="',
        "red;",
    ):
        assert danger not in html


WEEK = (
    "<h2>Metrics</h2><p>It fell to 62.1 %.</p>"
    '<ac:image ac:alt="Six weeks"><ri:attachment ri:filename="load.png"/></ac:image>'
    '<ac:link><ri:page ri:content-title="Product"/><ac:plain-text-link-body><![CDATA[home]]></ac:plain-text-link-body>'
    "</ac:link>"
)


@pytest.mark.parametrize("dialect", ["cloud", "data_center"])
def test_a_page_with_its_picture_tree_and_comments(dialect: str, request: pytest.FixtureRequest) -> None:
    spoken: Spoken = request.getfixturevalue(dialect)
    site = spoken.site
    page = site.create_page("PROD", Draft("Week <47>", WEEK), spoken.me.id)
    version = AttachmentVersion(0, b"picture", "image/png", "", spoken.me.id, site.clock())
    site.attach(page.id, "load.png", version)
    site.comment_inline(page.id, "fell", "<p>Why &amp; how?</p>", spoken.me.id)
    site.add_labels(page.id, [("global", "plumbline")])
    read = spoken.http.get(spoken.base, timeout=10, params={}).text
    assert "PROD" in read

    listed = spoken.call("GET", "/rest/api/content/search", params={"cql": "label = plumbline"})["results"]
    answer = spoken.http.get(spoken.base + listed[0]["_links"]["webui"], timeout=10)
    html = answer.text
    assert "Week &lt;47&gt;" in html
    assert f'<mark title="{spoken.me.name}: Why &amp; how?">fell</mark>' in html
    assert 'aria-current="page"' in html
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    host = spoken.base.rsplit("/", 1)[0]
    picture = html.split('<img src="')[1].split('"')[0]
    assert spoken.http.get(host + picture, timeout=10).content == b"picture"
    home = html.split('">home</a>')[0].rsplit('href="', 1)[1]
    assert "<h1>Product</h1>" in spoken.http.get(host + home.replace("&amp;", "&"), timeout=10).text


@pytest.mark.parametrize("dialect", ["cloud", "data_center"])
def test_the_history_leads_to_old_versions(dialect: str, request: pytest.FixtureRequest) -> None:
    spoken: Spoken = request.getfixturevalue(dialect)
    page = spoken.site.create_page("PROD", Draft("Week 47", "<p>first words</p>"), spoken.me.id)
    page = spoken.site.update_page(page.id, Draft("Week 47", "<p>then</p>", message="why"), 2, spoken.me.id)
    cloud = f"/spaces/PROD/history/{page.id}"
    path = cloud if dialect == "cloud" else f"/pages/viewpreviousversions.action?pageId={page.id}"
    history = spoken.http.get(spoken.base + path, timeout=10).text
    assert "<td>why</td>" in history
    old = history.split('">1</a>')[0].rsplit('href="', 1)[1].replace("&amp;", "&")
    shown_then = spoken.http.get(spoken.base.rsplit("/", 1)[0] + old, timeout=10).text
    assert "first words" in shown_then
    assert "This is version 1 of 2" in shown_then


def test_a_restricted_page_and_a_file_that_could_run_stay_away(cloud: Spoken) -> None:
    page = cloud.site.create_page("PROD", Draft("Week 47", "<p>x</p>"), cloud.me.id)
    drawing = AttachmentVersion(0, b"<svg/>", "image/svg+xml", "", cloud.me.id, cloud.site.clock())
    cloud.site.attach(page.id, "a.svg", drawing)
    file = f"{cloud.base}/download/attachments/{page.id}/a.svg"
    assert cloud.http.get(file, timeout=10).headers["Content-Disposition"].startswith("attachment")
    cloud.site.restrict(page.id, [cloud.me.id])
    assert cloud.http.get(file, timeout=10).status_code == 404
    assert cloud.http.get(f"{cloud.base}/spaces/PROD/pages/{page.id}", timeout=10).status_code == 404
    home = cloud.http.get(f"{cloud.base}/spaces/PROD", timeout=10).text
    assert "Week 47" not in home
