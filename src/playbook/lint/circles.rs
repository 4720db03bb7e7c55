//! Circles among things that need each other.

/// Of things that each need others, by their numbers: which ones need themselves, through what they need?
pub(super) fn on_a_circle(needs: &[Vec<usize>]) -> Vec<bool> {
    let mut needed_by = vec![Vec::new(); needs.len()];
    for (n, others) in needs.iter().enumerate() {
        for other in others {
            needed_by[*other].push(n);
        }
    }
    // Whatever is needed is left before what needs it, unless both need each other.
    let (mut left, mut seen) = (Vec::new(), vec![false; needs.len()]);
    for start in 0..needs.len() {
        walk(needs, start, &mut seen, &mut left);
    }
    // Taken from the last one on, what can be reached backwards and was not taken yet needs each other.
    let (mut circular, mut taken) = (vec![false; needs.len()], vec![false; needs.len()]);
    for start in left.into_iter().rev() {
        let mut together = Vec::new();
        walk(&needed_by, start, &mut taken, &mut together);
        let is_circle = together.len() > 1 || needs[start].contains(&start);
        for n in together.into_iter().filter(|_| is_circle) {
            circular[n] = true;
        }
    }
    circular
}

/// Goes to all that can be reached from `start` and was not seen, and notes each when all behind it is noted.
fn walk(ways: &[Vec<usize>], start: usize, seen: &mut [bool], left: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut way = vec![(start, ways[start].iter())];
    while let Some((at, next)) = way.last_mut() {
        match next.next() {
            Some(to) if !std::mem::replace(&mut seen[*to], true) => way.push((*to, ways[*to].iter())),
            Some(_) => {}
            None => {
                left.push(*at);
                way.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_itself_is_on_a_circle() {
        for (needs, circular) in [
            (vec![], vec![]),
            (vec![vec![0]], vec![true]),
            (vec![vec![1], vec![2], vec![]], vec![false, false, false]),
            // One circle needs another one, through what is on none.
            (vec![vec![1], vec![0, 2], vec![3], vec![4], vec![3]], vec![true, true, false, true, true]),
            (vec![vec![1], vec![2], vec![0], vec![0]], vec![true, true, true, false]),
        ] {
            assert_eq!(on_a_circle(&needs), circular, "{needs:?}");
        }
    }
}
