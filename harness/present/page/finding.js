/* One finding of one detector, or one bug of a check: both have the same members here. */

const BACKGROUND_TITLES = {
    'thread-made': 'Where it was made',
    'allocated': 'Where the memory came from',
    'lock-seen': 'Where the lock was made or first seen',
    'other': 'Also told',
};

function siteStacks(finding) {
    const sites = finding.sites.filter((site) => site.stack && site.stack.length > 0);
    return sites.length > 0 && folded('Call stacks', () => make('div', {class: 'columns'},
        sites.map((site) => make('div', null,
            make('h5', null, site.thread || 'a thread', ' ', prose(site.act || 'is here')),
            stackView(site.stack)))));
}

function backgroundStacks(finding) {
    const backgrounds = finding.backgrounds || [];
    return backgrounds.length > 0 && folded('Where threads, memory and locks came from',
        () => make('div', {class: 'columns'}, backgrounds.map((background) => make('div', null,
            make('h5', null, background.subject ? [prose(background.subject), ': ',
                BACKGROUND_TITLES[background.kind].toLowerCase()]
                : BACKGROUND_TITLES[background.kind]),
            background.text && make('p', {class: 'quiet'}, prose(background.text)),
            stackView(background.stack)))));
}

function rawReport(raw, title, attributes) {
    return raw && folded(title,
        () => make('pre', {class: 'raw', tabindex: 0}, raw), attributes);
}

/* A hang is told by its graph, everything else by what each thread did. */
function findingBody(finding, explanation) {
    const drawn = explanation && explanation.threads.length > 0;
    return [
        drawn && explanationView(explanation, finding.sentence),
        !drawn && finding.sites.length > 0 && timelineView(finding),
        siteStacks(finding),
        backgroundStacks(finding),
    ];
}

function findingView(finding, explanation) {
    return make('article', {class: 'finding'},
        make('h4', null, chip(finding.defect, 'defect'), ' ', prose(finding.sentence)),
        finding.message && !finding.sentence.includes(finding.message)
            && make('p', {class: 'quiet'}, 'In its own words: ', finding.message,
                finding.times > 1 && ` (${finding.times} times)`),
        findingBody(finding, explanation),
        rawReport(finding.raw, 'The report as the tool wrote it', {open: true}));
}
