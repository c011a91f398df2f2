/*
 * Arrow keys move among the links of a grid or list; only the one last used is a tab stop, so that
 * Tab passes hundreds of cells at once.
 */
function gridRows(container) {
    return [...container.querySelectorAll('[data-row]')].map(
        (row) => [...row.querySelectorAll('[data-key]')]);
}

function gridPlace(rows, link) {
    const row = rows.findIndex((links) => links.includes(link));
    return row < 0 ? null : {row, column: rows[row].indexOf(link)};
}

const PAGE_ROWS = 10;

function gridTarget(rows, place, event) {
    const last = rows.length - 1;
    const jump = event.ctrlKey || event.metaKey;
    const moves = {
        ArrowUp: () => ({...place, row: place.row - 1}),
        ArrowDown: () => ({...place, row: place.row + 1}),
        ArrowLeft: () => ({...place, column: place.column - 1}),
        ArrowRight: () => ({...place, column: place.column + 1}),
        PageUp: () => ({...place, row: place.row - PAGE_ROWS}),
        PageDown: () => ({...place, row: place.row + PAGE_ROWS}),
        Home: () => ({row: jump ? 0 : place.row, column: 0}),
        End: () => ({row: jump ? last : place.row, column: Infinity}),
    };
    if (!moves[event.key]) {
        return null;
    }
    const to = moves[event.key]();
    const row = Math.min(Math.max(to.row, 0), last);
    return rows[row][Math.min(Math.max(to.column, 0), rows[row].length - 1)];
}

function setTabStop(container, link) {
    for (const other of container.querySelectorAll('[data-key][tabindex="0"]')) {
        other.tabIndex = -1;
    }
    link.tabIndex = 0;
}

function equipGrid(container) {
    const first = container.querySelector('[data-key]');
    if (first) {
        setTabStop(container, first);
    }
    container.addEventListener('focusin', (event) => {
        if (event.target.dataset.key) {
            setTabStop(container, event.target);
        }
    });
    container.addEventListener('keydown', (event) => {
        const rows = gridRows(container);
        const place = gridPlace(rows, event.target);
        const to = place && gridTarget(rows, place, event);
        if (to) {
            event.preventDefault();
            to.focus();
        }
    });
    return container;
}

/* A link of a grid; the key finds it again when the grid was made anew. */
function gridLink(changes, label, ...content) {
    return make('a', {href: linkTo(changes), tabindex: -1, 'aria-label': label,
        'data-key': `${changes.show} ${changes.cell || ''}`}, ...content);
}
