/* A search through schedules: what failed, step by step, and what was tried. */

function foundText(schedule) {
    return [`Schedule ${schedule.number}`, schedule.strategy && ` (${schedule.strategy})`,
        ` from seed ${schedule.seed}, with ${plural(schedule.preemptions, 'preemption')}`,
        schedule.found_preemptions > schedule.preemptions
            && ` (${schedule.found_preemptions} as it was found)`, '.',
        schedule.fewest && ' None with fewer preemptions fails in the same way.'];
}

function exhaustedText(exhausted) {
    const bound = exhausted.preemptions === 0 ? 'without a preemption'
        : `with at most ${plural(exhausted.preemptions, 'preemption')}`;
    return exhausted.all ? `All ${exhausted.schedules} schedules were tried: there are no others.`
        : `All ${exhausted.schedules} schedules ${bound} were tried.`;
}

function triedView(exploration) {
    return section('What was tried',
        make('p', null, `${plural(exploration.schedules, 'schedule')} in `,
            `${(exploration.elapsed_ms / 1000).toFixed(1)} s: ${exploration.failed} failed`,
            exploration.too_long > 0 && `, ${exploration.too_long} cut off for their length`, '.'),
        exploration.tallies.length > 0 && make('table', {class: 'verdicts'},
            make('thead', null, make('tr', null, ['strategy', 'schedules', 'failed'].map(
                (head) => make('th', {scope: 'col'}, head)))),
            make('tbody', null, exploration.tallies.map((tally) => make('tr', null,
                make('th', {scope: 'row'}, tally.strategy), make('td', null, tally.schedules),
                make('td', null, tally.failed))))),
        exploration.exhausted && make('p', null, exhaustedText(exploration.exhausted)),
        exploration.lost.length > 0 && [make('p', null,
            'Another run of the same schedule may differ:'),
        make('ul', {class: 'told'}, exploration.lost.map((text) => make('li', null, prose(text))))],
        exploration.remarks.map((text) => make('p', null, prose(text))));
}

/* What detectors said in the runs of this schedule. */
function replayView(exploration) {
    return exploration.findings.length > 0 && section('What detectors say of this schedule',
        exploration.findings.map((finding) => findingView(finding,
            finding.defect === 'hang' ? exploration.explanation : null)));
}

function failureText(exploration) {
    const schedule = exploration.schedule;
    return [
        exploration.sentence && make('p', {class: 'failure'},
            !exploration.sentence.startsWith(exploration.failure)
                && [chip(exploration.failure, 'happened'), ' '], prose(exploration.sentence)),
        schedule && make('p', null, foundText(schedule)),
    ];
}

/* As a part of another page; nothing where no schedule failed. */
function failingSchedule(detector, exploration, sources) {
    const does = exploration.failure === 'race' ? 'has a race' : 'fails';
    return exploration.schedule && section(`A schedule that ${does}, found by ${detector}`,
        failureText(exploration), scheduleView(exploration.schedule, sources));
}

function explorationBody(exploration, sources) {
    const schedule = exploration.schedule;
    return [
        failureText(exploration),
        schedule && section('Step by step', scheduleView(schedule, sources)),
        replayView(exploration),
        triedView(exploration),
    ];
}

/* What main.js shows of a search. */
function explorationView(data) {
    const exploration = data.exploration;
    return {
        items: [exploration],
        noun: ['search', 'searches'],
        id: () => 'search',
        summary: () => [make('code', null, exploration.program || 'a program'), ': ',
            exploration.schedule ? [exploration.failure, ' under one of its schedules']
                : `${plural(exploration.schedules, 'schedule')}, none failed`],
        filters: null,
        matches: () => true,
        overview: () => make('div', null, explorationBody(exploration, data.sources)),
        title: () => 'Search',
        detail: () => null,
        keys: [['Left, Right, Home, End', 'move through the steps']],
        pressed: (event) => {
            const stepper = document.querySelector('.stepper');
            const takes = stepper && event.key in STEP_KEYS && !isField(event.target)
                && !event.target.closest('.scroll');
            if (takes) {
                stepper.stepBy(STEP_KEYS[event.key]);
            }
            return takes;
        },
    };
}
