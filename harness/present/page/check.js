/* A check of one program, or of logs: the bugs, and each with all that is known of it. */

function speakers(bug) {
    return bug.seen.filter((seen) => seen.reports > 0);
}

function bugText(bug) {
    if (!bug.searched) {
        bug.searched = [bug.sentence, bug.object, bug.defect, bug.fingerprint, bug.remedy,
            ...bug.sites.flatMap((site) => [site.file, site.function, site.thread]),
            ...bug.seen.map((seen) => seen.raw)].join('\n').toLowerCase();
    }
    return bug.searched;
}

function bugMatches(bug, state) {
    return hasWords(bugText(bug), state.q)
        && (!state.defect || bug.defect === state.defect)
        && (!state.detector || speakers(bug).some((seen) => seen.detector === state.detector))
        && (!state.news || (state.news === 'known') === bug.known);
}

function bugChips(bug) {
    return [chip(bug.defect, 'defect'), ' ',
        chip(bug.happened ? 'happened' : 'deduced', bug.happened ? 'happened' : null), ' ',
        bug.doubt !== 'none' && [chip(bug.doubt === 'tool' ? 'under tools alone' : 'unconfirmed'), ' '],
        bug.known && [chip('known'), ' ']];
}

function bugList(bugs) {
    return equipGrid(make('ol', {class: 'bugs'}, bugs.map((bug) => make('li', {'data-row': true},
        gridLink({show: bug.fingerprint}, null, prose(bug.sentence)),
        make('p', {class: 'chips'}, bugChips(bug), 'seen by ',
            speakers(bug).map((seen) => seen.detector).join(', '))))));
}

/* The program's lines around a place, with this bug's sites marked. */
const EXCERPT = 7;

function siteSource(data, bug, site) {
    const source = data.sources[site.file];
    if (source === undefined || !site.line) {
        return make('p', {class: 'quiet'}, 'The source is not at hand.');
    }
    const marks = new Map();
    for (const other of bug.sites.filter((place) => place.file === site.file)) {
        addMark(marks, other.line, {who: other.thread || 'a thread', defect: bug.defect,
            act: other.act || bug.defect});
    }
    const scrolled = (options) => make('div', {class: 'scroll', tabindex: 0, role: 'region',
        'aria-label': 'Source'}, sourceView(source, marks, {...options, label: site.file}));
    return [scrolled({from: site.line - EXCERPT, to: site.line + EXCERPT}),
        folded('All of the file', () => scrolled({}))];
}

function siteSources(data, bug) {
    const places = bug.sites.filter((site, i) => bug.sites.findIndex(
        (other) => other.file === site.file && other.line === site.line) === i);
    return places.length > 0 && section('Where it is', make('div', {class: 'columns'},
        places.map((site) => make('div', null,
            make('h4', null, placeText(site), site.function && [' in ',
                make('code', null, site.function)]),
            siteSource(data, bug, site)))));
}

function silenceText(data, seen) {
    const detector = data.check.detectors.find((other) => other.name === seen.detector);
    return detector && detector.skipped ? `did not run: ${detector.skipped}`
        : seen.silent || 'why is not known';
}

function seenRow(data, seen) {
    const saw = seen.reports > 0;
    return make('tr', null, make('th', {scope: 'row'}, seen.detector),
        make('td', null, make('span', {'aria-hidden': 'true'}, saw ? '✓' : '○'),
            saw ? ' saw it' : ' did not'),
        make('td', null, saw && seen.schedule ? `in schedule ${seen.schedule}`
            : saw ? [`in ${seen.runs} of ${plural(seen.of, 'run')}, `,
            plural(seen.reports, 'report')] : prose(silenceText(data, seen))));
}

function seenView(data, bug) {
    return section('Who saw it', make('table', {class: 'verdicts'},
        make('thead', null, make('tr', null, ['detector', 'saw it', 'how often, or why not'].map(
            (head) => make('th', {scope: 'col'}, head)))),
        make('tbody', null, bug.seen.map((seen) => seenRow(data, seen)))));
}

function rawReports(bug) {
    const told = bug.seen.filter((seen) => seen.raw);
    return told.length > 0 && section('Reports', told.map(
        (seen, i) => rawReport(seen.raw, `As ${seen.detector} wrote it`, {open: i === 0})));
}

function bugDetail(data, bug) {
    return [
        make('p', {class: 'chips'}, bugChips(bug), make('span', {class: 'quiet'},
            'fingerprint ', make('code', null, bug.fingerprint))),
        bug.remedy && section('What helps', make('p', null, prose(bug.remedy)),
            bug.lesson && make('p', null, 'The same bug in small: ',
                make('code', null, `racelab show ${bug.lesson}`))),
        section(bug.explanation ? 'Who waits for whom' : 'What each thread did',
            findingBody(bug, bug.explanation)),
        siteSources(data, bug),
        seenView(data, bug),
        rawReports(bug),
    ];
}

/* What a search tried and found, a list of sentences. */
function searchText(search) {
    const schedule = search.schedule;
    return [schedule ? `${search.failure} in schedule ${schedule.number}, by ${
        schedule.strategy || '?'}, with ${plural(schedule.preemptions, 'preemption')}`
        : `no failure in ${plural(search.schedules, 'schedule')} from seed ${search.seed}`,
    ...(search.exhausted ? [exhaustedText(search.exhausted)] : []),
    ...search.lost.map((text) => `another run of the same schedule may differ: ${text}`),
    ...search.remarks, ...(search.replay ? [`to run it again: \`${search.replay}\``] : [])];
}

function runsView(detector) {
    if (detector.skipped) {
        return `did not run: ${detector.skipped}`;
    }
    if (detector.search) {
        return searchText(detector.search).map((text) => make('p', null, prose(text)));
    }
    return detector.runs.map((run, i) => make('div', null,
        make('p', null, detector.runs.length > 1 && `Run ${i + 1} `, endingText(run),
            run.trouble && `; ${run.trouble}`),
        run.output && folded('What the program printed',
            () => make('pre', {class: 'raw', tabindex: 0}, run.output))));
}

function detectorsView(data) {
    return section('What ran', make('table', {class: 'verdicts'}, make('tbody', null,
        data.check.detectors.map((detector) => make('tr', null,
            make('th', {scope: 'row'}, detector.name,
                detector.version && ` ${detector.version}`),
            make('td', null, runsView(detector)))))));
}

/* What main.js shows of a check. */
function checkView(data) {
    const bugs = data.check.bugs;
    const program = data.check.program;
    return {
        items: bugs,
        noun: ['bug', 'bugs'],
        id: (bug) => bug.fingerprint,
        summary: () => [make('code', null, program || 'logs'), ': ',
            bugs.length === 0 ? 'nothing was reported' : plural(bugs.length, 'bug'),
            bugs.some((bug) => bug.known) && `, ${bugs.filter((bug) => bug.known).length} known`],
        filters: [
            {name: 'defect', label: 'Defect',
                options: options(distinct(bugs.map((bug) => bug.defect)))},
            {name: 'detector', label: 'Seen by', options: options(distinct(
                bugs.flatMap((bug) => speakers(bug).map((seen) => seen.detector))))},
            {name: 'news', label: 'Baseline', options: [['new', 'new'], ['known', 'known']]},
        ],
        matches: bugMatches,
        overview: bugList,
        nothing: 'No detector reported anything in these runs. Another run may go another way.',
        after: () => [data.check.detectors.map((detector) => detector.search
            && failingSchedule(detector.name, detector.search, data.sources)), detectorsView(data)],
        title: (bug) => prose(bug.sentence),
        detail: (bug) => bugDetail(data, bug),
    };
}
