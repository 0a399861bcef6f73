//! The tool strip and what each tool does.

use super::*;
use egui::accesskit::Toggled;
use egui_kittest::kittest::NodeT;

/// Which tools say that they are in hand.
fn in_hand(roll: &Roll) -> Vec<RollTool> {
    let says = |tool: &RollTool| {
        let name = format!("{} tool", tool.label());
        let node = roll.harness.get_by_label(&name);
        node.accesskit_node().toggled() == Some(Toggled::True)
    };
    RollTool::ALL.into_iter().filter(says).collect()
}

#[test]
fn a_click_in_the_strip_takes_up_a_tool_and_says_so() {
    let mut roll = Roll::new("");
    assert_eq!(in_hand(&roll), [RollTool::Select]);
    for tool in RollTool::ALL {
        roll.harness.get_by_label(&format!("{} tool", tool.label())).click();
        roll.harness.run_steps(3);
        assert_eq!((roll.host().view.tool, in_hand(&roll)), (tool, vec![tool]));
    }
}

#[test]
fn a_held_tool_goes_before_the_chosen_one() {
    let mut roll = Roll::new("");
    roll.harness.state_mut().view.momentary_tool = Some(RollTool::Erase);
    roll.harness.run_steps(2);
    assert_eq!(in_hand(&roll), [RollTool::Erase]);
    assert_eq!(roll.host().view.tool, RollTool::Select);
}
