/* The form above the overview. A filter is {name, label, options}; options are [value, label]. */

function selectField(filter, value) {
    const id = `filter-${filter.name}`;
    return make('div', {class: 'field'}, make('label', {for: id}, filter.label),
        make('select', {id, name: filter.name},
            make('option', {value: ''}, 'all'),
            filter.options.map(([option, label]) => make('option',
                {value: option, selected: option === value}, label || option))));
}

function searchField(value) {
    return make('div', {class: 'field wide'}, make('label', {for: 'filter-q'}, 'Search'),
        make('input', {id: 'filter-q', name: 'q', type: 'search', value: value || '',
            autocomplete: 'off', spellcheck: 'false', 'aria-keyshortcuts': '/'}));
}

/* `changed` is called with the new state of all filters. `words`: text can be searched for, too. */
function fillFilters(form, filters, words, state, changed) {
    const read = () => changed(Object.fromEntries(new FormData(form)));
    form.replaceChildren(...(words ? [searchField(state.q)] : []),
        ...filters.map((filter) => selectField(filter, state[filter.name])),
        make('button', {type: 'button', id: 'reset', click: () => changed({}, true)}, 'Show all'));
    form.oninput = read;
    form.onsubmit = (event) => event.preventDefault();
}

/* Brings the fields to a state that came from the address. */
function setFilters(form, state) {
    for (const field of form.elements) {
        if (field.name && field.value !== (state[field.name] || '')) {
            field.value = state[field.name] || '';
        }
    }
    byId('reset').disabled = !FILTERS.some((name) => state[name]);
}

/* Every word must occur in the text. */
function hasWords(text, query) {
    return listed((query || '').toLowerCase(), /\s+/).every((word) => text.includes(word));
}

function distinct(values) {
    return [...new Set(values)];
}

function options(values) {
    return values.map((value) => [value]);
}
