/*
 * All of the page is made by these functions. What a program or a tool said becomes text nodes and
 * attribute values, never markup.
 */
const SVG = 'http://www.w3.org/2000/svg';

function append(parent, children) {
    for (const child of children.flat(Infinity)) {
        if (child === null || child === undefined || child === false) {
            continue;
        }
        parent.append(child instanceof Node ? child : visible(String(child)));
    }
    return parent;
}

/* A function becomes a listener; true an attribute without a value; null and false nothing. */
function equip(node, attributes) {
    for (const [name, value] of Object.entries(attributes || {})) {
        if (typeof value === 'function') {
            node.addEventListener(name, value);
        } else if (value !== null && value !== undefined && value !== false) {
            node.setAttribute(name, value === true ? '' : value);
        }
    }
    return node;
}

function make(tag, attributes, ...children) {
    return append(equip(document.createElement(tag), attributes), children);
}

function draw(tag, attributes, ...children) {
    return append(equip(document.createElementNS(SVG, tag), attributes), children);
}

const byId = (id) => document.getElementById(id);

/* A folded part whose content is made when it is first opened. */
function folded(summary, content, attributes) {
    const details = make('details', attributes, make('summary', null, summary));
    const fill = () => details.childElementCount === 1 && append(details, [content()]);
    details.addEventListener('toggle', () => details.open && fill());
    if (details.open) {
        fill();
    }
    return details;
}

/* The section's heading names it, so that it is a landmark. */
let sections = 0;
function section(title, ...children) {
    const id = `section-${++sections}`;
    return make('section', {'aria-labelledby': id}, make('h3', {id}, title), ...children);
}
