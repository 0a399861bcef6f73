// Notes as instances: one quad each, cut out in the fragment shader.
// Positions are in physical pixels from the top left of the target.

struct Draw {
    // Width and height of the target, in pixels.
    screen: vec2<f32>,
    // Subtracted from an instance's start before it becomes a float, so that
    // a note ten million ticks into its clip sits as exactly as the first.
    base: u32,
    px_per_unit: f32,
    // Where unit `base` lies.
    x: f32,
    // Notes are cut off here.
    x_min: f32,
    x_max: f32,
    // Bottom of key 0.
    bottom: f32,
    key_height: f32,
    radius: f32,
    outline_width: f32,
    // 1 when the target converts from linear to sRGB itself.
    linear_target: f32,
    // Taken off at the right and at the bottom.
    gap: vec2<f32>,
    min_size: vec2<f32>,
    // Premultiplied, in gamma space, as egui has them.
    low: vec4<f32>,
    high: vec4<f32>,
    outline: vec4<f32>,
    // The row of each key from the bottom, a byte each; bit 7 for keys that are not drawn.
    rows: array<vec4<u32>, 8>,
    // Half the width of a hit's diamond, or 0 for bars; 1 when velocity is height.
    shape: vec4<f32>,
};

@group(0) @binding(0) var<uniform> draw: Draw;

struct Varying {
    @builtin(position) position: vec4<f32>,
    // From the middle of the note, in pixels.
    @location(0) offset: vec2<f32>,
    @location(1) @interpolate(flat) half_size: vec2<f32>,
    @location(2) @interpolate(flat) fill: vec4<f32>,
    // Pixels after the onset.
    @location(3) from_onset: f32,
};

fn row_of(key: u32) -> u32 {
    return (draw.rows[key / 16u][(key / 4u) % 4u] >> (key % 4u * 8u)) & 0xFFu;
}

@vertex
fn vs_main(
    @builtin(vertex_index) corner: u32,
    @location(0) start: u32,
    @location(1) length: u32,
    // Key, velocity, how many keys further down it reaches.
    @location(2) what: vec4<u32>,
) -> Varying {
    var out: Varying;
    let from_base = f32(bitcast<i32>(start - draw.base));
    let left = draw.x + from_base * draw.px_per_unit;
    let right = left + max(f32(length) * draw.px_per_unit - draw.gap.x, draw.min_size.x);
    let half = draw.shape.x;
    let x0 = max(left - half, draw.x_min);
    let x1 = min(max(right, left + half), draw.x_max);

    let highest = row_of(what.x);
    let lowest = row_of(what.x - what.z);
    let row = f32(highest & 0x7Fu);
    let rows = row - f32(lowest & 0x7Fu) + 1.0;
    let hidden = what.z == 0u && highest >= 0x80u;
    let top = draw.bottom - (row + 1.0) * draw.key_height;
    let height = max(rows * draw.key_height - draw.gap.y, draw.min_size.y);
    // Whole pixels in height: rows of one height, and sharp edges.
    let whole = max(round(height), 1.0);
    let y1 = round(top) + whole;
    // A soft note keeps a third of its row.
    let loud = mix(1.0, 0.3 + 0.7 * f32(what.y) / 127.0, draw.shape.y);
    let y0 = y1 - max(round(whole * loud), min(whole, draw.min_size.y));

    out.half_size = 0.5 * vec2<f32>(x1 - x0, y1 - y0);
    let middle = 0.5 * vec2<f32>(x0 + x1, y0 + y1);
    out.fill = mix(draw.low, draw.high, f32(what.y) / 127.0);

    // Two triangles; half a pixel more on each side for the soft edge.
    let side = vec2<f32>(
        select(-1.0, 1.0, corner == 1u || corner == 2u || corner == 4u),
        select(-1.0, 1.0, corner == 2u || corner == 4u || corner == 5u),
    );
    out.offset = side * (out.half_size + vec2<f32>(0.5, 0.0));
    if x1 <= x0 || hidden {
        // Wholly cut off, or on a key without a row: a quad without area.
        out.offset = vec2<f32>(0.0);
    }
    let at = middle + out.offset;
    out.from_onset = at.x - left;
    out.position = vec4<f32>(
        2.0 * at.x / draw.screen.x - 1.0,
        1.0 - 2.0 * at.y / draw.screen.y,
        0.0,
        1.0,
    );
    return out;
}

fn linear_from_gamma(srgb: vec3<f32>) -> vec3<f32> {
    let low = srgb / 12.92;
    let high = pow((srgb + vec3<f32>(0.055)) / 1.055, vec3<f32>(2.4));
    return select(high, low, srgb < vec3<f32>(0.04045));
}

fn on_target(color: vec4<f32>) -> vec4<f32> {
    if draw.linear_target > 0.5 && color.a > 0.0 {
        return vec4<f32>(linear_from_gamma(color.rgb / color.a) * color.a, color.a);
    }
    return color;
}

// A diamond on the onset, and a thin tail that says how long the note is.
fn hit_color(in: Varying) -> vec4<f32> {
    let half = min(draw.shape.x, in.half_size.y);
    let distance = (abs(in.from_onset) + abs(in.offset.y) - half) * 0.7071;
    let diamond = clamp(0.5 - distance, 0.0, 1.0);
    let edge = clamp(distance + draw.outline_width + 0.5, 0.0, 1.0);
    let inside = select(0.0, edge, draw.outline_width > 0.0);
    let thin = clamp(max(in.half_size.y * 0.16, 1.0) + 0.5 - abs(in.offset.y), 0.0, 1.0);
    let tail = select(0.0, 0.45 * thin, in.from_onset > 0.0);
    return mix(in.fill, draw.outline, inside) * max(diamond, tail);
}

@fragment
fn fs_main(in: Varying) -> @location(0) vec4<f32> {
    if draw.shape.x > 0.0 {
        return on_target(hit_color(in));
    }
    // Signed distance to a rounded box (Quilez, "2D distance functions").
    let radius = min(draw.radius, min(in.half_size.x, in.half_size.y));
    let q = abs(in.offset) - in.half_size + vec2<f32>(radius);
    let distance = length(max(q, vec2<f32>(0.0))) + min(max(q.x, q.y), 0.0) - radius;
    var coverage = clamp(0.5 - distance, 0.0, 1.0);
    if in.half_size.x < 0.5 {
        // Thinner than a pixel: as strong as it is wide.
        coverage = clamp(0.5 + in.half_size.x - abs(in.offset.x), 0.0, 1.0) * 2.0 * in.half_size.x;
    }
    let edge = clamp(distance + draw.outline_width + 0.5, 0.0, 1.0);
    let inside = select(0.0, edge, draw.outline_width > 0.0);
    return on_target(mix(in.fill, draw.outline, inside) * coverage);
}
