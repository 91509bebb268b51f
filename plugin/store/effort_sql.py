"""The steps from spans to a week's effort, as SQL. Each makes a temporary table of the transaction, so that the planner
knows its size. All amounts are whole numbers, and every order is by code point, so that the same rows give the same
answer on any machine."""

ASKED = """
CREATE TEMP TABLE effort_place ON COMMIT DROP AS
SELECT * FROM unnest(CAST(:projects AS text[]), CAST(:place_products AS text[]), CAST(:place_streams AS text[]))
  AS place (project, product, stream);
CREATE TEMP TABLE effort_slot ON COMMIT DROP AS
SELECT * FROM unnest(CAST(:slot_days AS date[]), CAST(:slot_starts AS bigint[]), CAST(:slot_ends AS bigint[]),
  CAST(:slot_inside AS boolean[])) AS slot (day, starts, ends, inside) WHERE starts >= :closed;
CREATE TEMP TABLE effort_calendar ON COMMIT DROP AS
SELECT * FROM unnest(CAST(:all_days AS date[]), CAST(:all_starts AS bigint[]), CAST(:all_ends AS bigint[]))
  AS slot (day, starts, ends) WHERE starts >= :closed;
"""

RECENT = """
CREATE TEMP TABLE effort_recent ON COMMIT DROP AS
SELECT span.issue_id, issue.project, span.person, span.starts, span.ends
FROM span JOIN issue ON issue.id = span.issue_id AND NOT issue.deleted
WHERE span.ends > :first AND span.starts < :last
"""

SEATS = """
CREATE TEMP TABLE effort_seat ON COMMIT DROP AS
WITH held AS (
  SELECT person, product, stream, sum(least(ends, :until) - greatest(starts, :seated_since)) AS t
  FROM effort_recent JOIN effort_place USING (project)
  WHERE person IS NOT NULL AND ends > :seated_since AND starts < :until GROUP BY 1, 2, 3),
most AS (
  SELECT DISTINCT ON (person) person, product, stream FROM held
  ORDER BY person, t DESC, product COLLATE "C", stream COLLATE "C")
SELECT person, coalesce(seat.product, most.product) AS product, coalesce(seat.stream, most.stream) AS stream
FROM most FULL JOIN (SELECT * FROM seat WHERE week = :week) AS seat USING (person)
"""
"""Where a person's seat was kept, since what it rests on is reduced, that one stands."""

PIECES = """
CREATE TEMP TABLE effort_piece ON COMMIT DROP AS
SELECT issue_id, project, person, starts, ends FROM effort_recent WHERE ends > :piece_since AND starts < :last
"""

LINKS = """
CREATE TEMP TABLE effort_link ON COMMIT DROP AS
SELECT child.id, parent.id AS above FROM issue AS child JOIN issue AS parent ON parent.id = child.parent
UNION
SELECT child.id, parent.id FROM issue AS child JOIN issue AS parent ON parent.key = child.parent AND NOT parent.deleted
"""

UP = """
CREATE TEMP TABLE effort_up ON COMMIT DROP AS
WITH RECURSIVE up (id, above, depth) AS (
  SELECT id, above, 1 FROM (SELECT DISTINCT issue_id AS id FROM effort_piece) AS own JOIN effort_link USING (id)
  UNION ALL
  SELECT up.id, link.above, up.depth + 1 FROM up JOIN effort_link AS link ON link.id = up.above WHERE up.depth < 20)
SELECT id, above FROM up WHERE id <> above GROUP BY 1, 2
"""

CARRIED = """
CREATE TEMP TABLE effort_carried ON COMMIT DROP AS
SELECT up.above AS id, range_agg(int8range(piece.starts, piece.ends)) AS ranges
FROM effort_up AS up JOIN effort_piece AS piece ON piece.issue_id = up.id AND piece.person IS NOT NULL
WHERE up.above IN (SELECT issue_id FROM effort_piece WHERE person IS NOT NULL)
GROUP BY 1
"""
"""The time of each issue that its descendants carry: they are in progress with somebody."""

SHARES = """
CREATE TEMP TABLE effort_share ON COMMIT DROP AS
WITH own AS (
  SELECT person, issue_id, starts, ends FROM effort_piece
  WHERE person IS NOT NULL AND issue_id NOT IN (SELECT id FROM effort_carried)
  UNION ALL
  SELECT person, issue_id, lower(part), upper(part) FROM effort_piece AS piece
  JOIN effort_carried AS carried ON carried.id = piece.issue_id,
  unnest(int8multirange(int8range(piece.starts, piece.ends)) - carried.ranges) AS part WHERE person IS NOT NULL),
timed AS (
  SELECT own.person, slot.day, own.issue_id, slot.starts AS slot, slot.inside,
    CAST(sum(least(own.ends, slot.ends) - greatest(own.starts, slot.starts)) AS bigint) AS t
  FROM own JOIN effort_slot AS slot ON own.starts < slot.ends AND own.ends > slot.starts
  GROUP BY 1, 2, 3, 4, 5),
placed AS (
  SELECT *, CAST(sum(t) OVER (PARTITION BY person, day ORDER BY issue_id COLLATE "C", slot) AS bigint) AS upto,
    CAST(sum(t) OVER (PARTITION BY person, day) AS bigint) AS whole
  FROM timed)
SELECT person, day, issue_id, 1000000 * upto / whole - 1000000 * (upto - t) / whole AS amount
FROM placed WHERE inside
"""
"""A person's day is a million, cut in proportion to time by cumulative rounding: the cuts always add up to it, however
finely the day is cut."""

WORK = """
CREATE TEMP TABLE effort_work ON COMMIT DROP AS
SELECT 'days' AS model, day, issue_id, coalesce(seat.product, '') AS product, coalesce(seat.stream, '') AS stream,
  CAST(sum(amount) AS bigint) AS amount, false AS guessed
FROM effort_share LEFT JOIN effort_seat AS seat USING (person) GROUP BY 2, 3, 4, 5
UNION ALL
SELECT 'count', day, issue_id, coalesce(place.product, ''), coalesce(place.stream, ''), 1000000, false
FROM (
  SELECT calendar.day, piece.issue_id, piece.project FROM effort_piece AS piece
  JOIN effort_calendar AS calendar ON piece.starts < calendar.ends AND piece.ends > calendar.starts
  UNION
  SELECT calendar.day, history.issue_id, issue.project FROM history
  JOIN effort_calendar AS calendar ON history.at >= calendar.starts AND history.at < calendar.ends
  JOIN issue ON issue.id = history.issue_id AND NOT issue.deleted
  WHERE history.field = 'status' AND history.at >= :since AND history.at < :until) AS seen
LEFT JOIN effort_place AS place USING (project)
"""

POINTS = """
INSERT INTO effort_work
WITH moved AS (
  SELECT DISTINCT history.issue_id, calendar.day, calendar.starts, calendar.ends FROM history
  JOIN effort_calendar AS calendar ON history.at >= calendar.starts AND history.at < calendar.ends
  WHERE history.field = 'status' AND history.at >= :since AND history.at < :until),
turned AS (
  SELECT moved.issue_id, moved.day, after.done AS after, coalesce(before.done, begun.done, false) AS before
  FROM moved
  CROSS JOIN LATERAL (
    SELECT coalesce(history.category, status.category, '') = 'done' AS done FROM history
    LEFT JOIN status ON status.id = history.to_value
    WHERE history.issue_id = moved.issue_id AND history.field = 'status' AND history.at < moved.ends
    ORDER BY history.at DESC, length(change_id) DESC, change_id COLLATE "C" DESC LIMIT 1) AS after
  LEFT JOIN LATERAL (
    SELECT coalesce(history.category, status.category, '') = 'done' AS done FROM history
    LEFT JOIN status ON status.id = history.to_value
    WHERE history.issue_id = moved.issue_id AND history.field = 'status' AND history.at < moved.starts
    ORDER BY history.at DESC, length(change_id) DESC, change_id COLLATE "C" DESC LIMIT 1) AS before ON true
  LEFT JOIN LATERAL (
    SELECT status.category = 'done' AS done FROM history JOIN status ON status.id = history.from_value
    WHERE history.issue_id = moved.issue_id AND history.field = 'status'
    ORDER BY history.at, length(change_id), change_id COLLATE "C" LIMIT 1) AS begun ON true),
estimated AS (
  SELECT turned.*, place.product, place.stream, estimate.points FROM turned
  JOIN issue ON issue.id = turned.issue_id AND NOT issue.deleted
  LEFT JOIN effort_place AS place ON place.project = issue.project
  LEFT JOIN LATERAL (
    SELECT CAST(issue.fields ->> field AS numeric) AS points FROM unnest(CAST(:points AS text[])) WITH ORDINALITY
      AS asked (field, place)
    WHERE jsonb_typeof(issue.fields -> field) = 'number' ORDER BY asked.place LIMIT 1) AS estimate ON true
  WHERE turned.after <> turned.before),
median AS (
  SELECT missing.product, missing.stream,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY CAST(issue.fields ->> asked.field AS numeric)) AS points
  FROM (SELECT DISTINCT product, stream FROM estimated WHERE points IS NULL AND product IS NOT NULL) AS missing
  JOIN effort_place AS place USING (product, stream)
  JOIN issue ON issue.project = place.project AND NOT issue.deleted
  JOIN unnest(CAST(:points AS text[])) AS asked (field) ON jsonb_typeof(issue.fields -> asked.field) = 'number'
  GROUP BY 1, 2)
SELECT 'points', day, issue_id, coalesce(estimated.product, ''), coalesce(estimated.stream, ''),
  CAST(round(1000000 * coalesce(estimated.points, median.points)) AS bigint) * CASE WHEN after THEN 1 ELSE -1 END,
  estimated.points IS NULL
FROM estimated LEFT JOIN median USING (product, stream)
WHERE coalesce(estimated.points, median.points) IS NOT NULL
"""
"""An estimate counts on the day at whose end the issue is done, and was not at its start; a day that takes it back
takes the estimate back."""

REDUCED = """
INSERT INTO effort_work SELECT model, day, issue_id, product, stream, amount, guessed FROM effort_day
WHERE day >= :monday AND day < CAST(:monday AS date) + 7
"""

HOMES = """
CREATE TEMP TABLE effort_home ON COMMIT DROP AS
WITH RECURSIVE up (id, above, depth) AS (
  SELECT DISTINCT issue_id, issue_id, 0 FROM effort_work
  UNION ALL
  SELECT up.id, link.above, up.depth + 1 FROM up JOIN effort_link AS link ON link.id = up.above
  WHERE up.depth < 20
    AND NOT EXISTS (
      SELECT 1 FROM verdict WHERE issue_id = up.above AND state <> 'out of scope' AND product IS NOT NULL)),
found AS (
  SELECT DISTINCT ON (up.id) up.id, verdict.issue_id AS home, verdict.product, verdict.state, verdict.objective,
    verdict.body, issue.fields
  FROM up JOIN verdict
    ON verdict.issue_id = up.above AND verdict.state <> 'out of scope' AND verdict.product IS NOT NULL
  JOIN issue ON issue.id = up.above AND NOT issue.deleted
  ORDER BY up.id, up.depth, up.above COLLATE "C")
SELECT id, home,
  CASE WHEN state = 'aligned' AND objective = ANY(CAST(:active AS text[])) THEN 'aligned'
    WHEN state IN ('exempt', 'undecided') THEN state ELSE 'unlinked' END AS part,
  CASE WHEN state = 'aligned' AND objective = ANY(CAST(:active AS text[])) THEN
      CASE WHEN body ->> 'how' = 'override' THEN coalesce((
        SELECT array_agg(DISTINCT name COLLATE "C" ORDER BY name COLLATE "C") FROM (
          SELECT substr(lower(label), length(:prefix) + 1) AS name
          FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(fields -> 'labels') = 'array' THEN fields -> 'labels'
            ELSE '[]' END) AS label
          WHERE starts_with(lower(label), :prefix)) AS named
        WHERE name = ANY(CAST(:active AS text[]))), ARRAY[objective]) ELSE ARRAY[objective] END
    WHEN state = 'exempt' THEN ARRAY[coalesce(body ->> 'rule', 'other')] ELSE ARRAY[''] END AS names
FROM found WHERE product = :product
"""
"""Effort on an issue out of scope is its nearest ancestor's in scope. Several objectives: tags that people set."""

SPENT = """
WITH summed AS (
  SELECT model, stream, home, part, names, amount, CAST(guessed AS integer) AS guessed FROM (
    SELECT 'days' AS model, day, CASE WHEN work.product = :product AND stream <> '' THEN stream END AS stream, home,
      part, names, CAST(sum(amount) AS bigint) AS amount, false AS guessed
    FROM effort_work AS work JOIN effort_home ON id = issue_id WHERE model = 'days' GROUP BY 2, 3, 4, 5, 6
    UNION ALL
    SELECT model, CAST(NULL AS date), CASE WHEN work.product = :product AND stream <> '' THEN stream END, home, part,
      names, CASE WHEN model = 'count' THEN 1000000 ELSE greatest(0, CAST(sum(amount) AS bigint)) END,
      model = 'points' AND bool_or(guessed) AND sum(amount) > 0
    FROM effort_work AS work JOIN effort_home ON id = issue_id AND home = id WHERE model <> 'days'
    GROUP BY 1, 3, 4, 5, 6) AS all_models)
SELECT model, stream, part, name,
  CAST(sum(amount * at / cardinality(names) - amount * (at - 1) / cardinality(names)) AS bigint) AS amount,
  CAST(sum(CASE WHEN at = 1 THEN guessed ELSE 0 END) AS integer) AS guessed
FROM summed, unnest(names) WITH ORDINALITY AS named (name, at) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

SERVING = """
SELECT verdict.objective, verdict.reason, verdict.body ->> 'rule' AS rule, count(*) AS issues
FROM (SELECT DISTINCT home FROM effort_work JOIN effort_home ON id = issue_id AND home = id WHERE model = 'count')
  AS one
JOIN verdict ON verdict.issue_id = home GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

UNLINKED = """
CREATE TEMP TABLE effort_unlinked ON COMMIT DROP AS
SELECT home AS id, CAST(coalesce(sum(amount) FILTER (
  WHERE model = 'days' AND NOT (work.product = :product AND stream = ANY(CAST(:hidden AS text[])))), 0) AS bigint)
  AS days
FROM effort_work AS work JOIN effort_home ON effort_home.id = issue_id WHERE part = 'unlinked'
GROUP BY 1 HAVING bool_or(model = 'count' AND issue_id = home)
"""
"""Those that count, with the work of the people whose days may be told."""

URGENT = """
  verdict.reason IS NOT DISTINCT FROM 'new', effort_unlinked.days DESC,
  CASE issue.fields -> 'status' -> 'category' ->> 'key' WHEN 'indeterminate' THEN 0 WHEN 'new' THEN 1 WHEN 'done' THEN 3
    ELSE 2 END,
  substring(issue.key FROM '^(.*)-') COLLATE "C", CAST(substring(issue.key FROM '[0-9]+$') AS numeric),
  issue.id COLLATE "C"
"""
"""The order of decisions, as `plugin.review.unlinked` tells it."""

SEATED = """
CREATE TEMP TABLE effort_seated ON COMMIT DROP AS
WITH people AS (SELECT product, stream, count(*) AS people FROM effort_seat GROUP BY 1, 2),
seen AS (
  SELECT product, stream, day, count(DISTINCT person) AS observed FROM effort_seat JOIN effort_share USING (person)
  GROUP BY 1, 2, 3)
SELECT product, stream, slot.day, people, people AS capacity, coalesce(seen.observed, 0) AS observed
FROM people CROSS JOIN (SELECT DISTINCT day FROM effort_slot WHERE inside) AS slot
LEFT JOIN seen USING (product, stream, day)
UNION ALL
SELECT product, stream, NULL, people, 0, 0 FROM people
UNION ALL
SELECT product, stream, day, people, capacity, observed FROM effort_seats
WHERE day >= :monday AND day < CAST(:monday AS date) + 7
"""

PEOPLE = """
SELECT stream, CAST(max(people) AS integer) AS people, CAST(sum(capacity) AS integer) AS capacity,
  CAST(sum(observed) AS integer) AS observed
FROM effort_seated WHERE product = :product GROUP BY 1 ORDER BY stream COLLATE "C"
"""

TABLES = tuple(
    f"effort_{name}"
    for name in (
        *("place", "slot", "calendar", "seat", "piece", "up", "carried", "share", "work", "home"),
        *("seated", "unlinked"),
    )
)
"""Of one week."""

SHARED = ("effort_recent", "effort_link")
"""Of all weeks that are asked for."""
