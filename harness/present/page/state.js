/*
 * What is shown stands in the address behind the `#`, so that it can be linked and the browser's
 * back button works. Filters change it in place; opening something is a step of the history.
 */
const FILTERS = ['q', 'family', 'verdict', 'detector', 'station', 'defect', 'news'];

function readState() {
    const state = {};
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
        state[name] = value;
    }
    return state;
}

function hashOf(state) {
    const parameters = new URLSearchParams();
    for (const name of ['view', ...FILTERS, 'show', 'cell', 'twin']) {
        if (state[name]) {
            parameters.set(name, state[name]);
        }
    }
    /* A slash needs no escape here, and reads better. */
    return `#${parameters.toString().replace(/%2F/g, '/')}`;
}

/* The view with its filters. */
function filtersOf(state) {
    return Object.fromEntries(['view', ...FILTERS].map((name) => [name, state[name]]));
}

/* Changes the address without a step of the history; tells nobody. */
function replaceState(state) {
    history.replaceState(null, '', hashOf(state));
}

function linkTo(changes) {
    return hashOf({...filtersOf(readState()), ...changes});
}
