// Emoji shortcodes, and the picker. The workspace's own list comes first; these are the ones people reach for.

import { h, refocus } from "./dom.js";
import { popup } from "./menu.js";
import { state } from "./store.js";

const COMMON = `+1 👍,-1 👎,thumbsup 👍,thumbsdown 👎,eyes 👀,white_check_mark ✅,heavy_check_mark ✔️,x ❌,tada 🎉,pray 🙏,heart ❤️,fire 🔥,rotating_light 🚨,pushpin 📌,
round_pushpin 📍,warning ⚠️,rocket 🚀,bug 🐛,bell 🔔,no_bell 🔕,mega 📣,loudspeaker 📢,hourglass ⌛,hourglass_flowing_sand ⏳,alarm_clock ⏰,stopwatch ⏱️,clock1 🕐,clock3 🕒,watch ⌚,
calendar 📅,date 📅,spiral_calendar_pad 🗓️,memo 📝,pencil 📝,pencil2 ✏️,clipboard 📋,page_facing_up 📄,link 🔗,lock 🔒,unlock 🔓,key 🔑,closed_lock_with_key 🔐,shield 🛡️,
mag 🔍,bulb 💡,wrench 🔧,hammer 🔨,hammer_and_wrench 🛠️,gear ⚙️,toolbox 🧰,test_tube 🧪,microscope 🔬,package 📦,computer 💻,desktop_computer 🖥️,iphone 📱,phone ☎️,telephone_receiver 📞,
pager 📟,satellite_antenna 📡,electric_plug 🔌,battery 🔋,chart_with_upwards_trend 📈,chart_with_downwards_trend 📉,bar_chart 📊,books 📚,book 📖,bookmark 🔖,label 🏷️,
red_circle 🔴,large_orange_circle 🟠,orange_circle 🟠,large_yellow_circle 🟡,yellow_circle 🟡,large_green_circle 🟢,green_circle 🟢,large_blue_circle 🔵,blue_circle 🔵,large_purple_circle 🟣,purple_circle 🟣,
white_circle ⚪,black_circle ⚫,red_square 🟥,large_red_square 🟥,large_yellow_square 🟨,large_green_square 🟩,large_blue_square 🟦,white_large_square ⬜,black_large_square ⬛,
arrow_up ⬆️,arrow_double_up ⏫,leftwards_arrow_with_hook ↩️,twisted_rightwards_arrows 🔀,scales ⚖️,arrow_down ⬇️,arrow_right ➡️,arrow_left ⬅️,arrows_counterclockwise 🔄,repeat 🔁,fast_forward ⏩,rewind ⏪,double_vertical_bar ⏸️,black_square_for_stop ⏹️,arrow_forward ▶️,
question ❓,grey_question ❔,exclamation ❗,grey_exclamation ❕,bangbang ‼️,information_source ℹ️,no_entry ⛔,no_entry_sign 🚫,octagonal_sign 🛑,construction 🚧,sos 🆘,new 🆕,ok 🆗,
smile 😄,smiley 😃,grinning 😀,grin 😁,joy 😂,rofl 🤣,slightly_smiling_face 🙂,upside_down_face 🙃,wink 😉,blush 😊,sunglasses 😎,thinking_face 🤔,thinking 🤔,neutral_face 😐,expressionless 😑,
face_with_rolling_eyes 🙄,sweat_smile 😅,sweat 😓,cry 😢,sob 😭,scream 😱,rage 😡,angry 😠,confused 😕,worried 😟,disappointed 😞,sleeping 😴,mask 😷,exploding_head 🤯,partying_face 🥳,
salute 🫡,saluting_face 🫡,hugging_face 🤗,shushing_face 🤫,zipper_mouth_face 🤐,nerd_face 🤓,clown_face 🤡,ghost 👻,skull 💀,robot_face 🤖,wave 👋,raised_hands 🙌,clap 👏,handshake 🤝,
muscle 💪,point_up ☝️,point_right 👉,point_left 👈,point_down 👇,raised_hand ✋,hand ✋,ok_hand 👌,v ✌️,crossed_fingers 🤞,shrug 🤷,facepalm 🤦,bow 🙇,raising_hand 🙋,busts_in_silhouette 👥,
bust_in_silhouette 👤,firefighter 🧑‍🚒,fire_engine 🚒,ambulance 🚑,police_car 🚓,detective 🕵️,technologist 🧑‍💻,coffee ☕,pizza 🍕,beer 🍺,cake 🍰,star ⭐,star2 🌟,sparkles ✨,zap ⚡,boom 💥,
100 💯,trophy 🏆,medal 🏅,dart 🎯,game_die 🎲,moneybag 💰,chart 💹,credit_card 💳,shopping_cart 🛒,email ✉️,envelope ✉️,incoming_envelope 📨,inbox_tray 📥,outbox_tray 📤,speech_balloon 💬,
thought_balloon 💭,left_speech_bubble 🗨️,globe_with_meridians 🌐,earth_africa 🌍,cloud ☁️,sunny ☀️,snowflake ❄️,rain_cloud 🌧️,umbrella ☔,ocean 🌊,volcano 🌋,seedling 🌱,evergreen_tree 🌲,
house 🏠,office 🏢,factory 🏭,hospital 🏥,bank 🏦,railway_car 🚃,airplane ✈️,ship 🚢,anchor ⚓,checkered_flag 🏁,triangular_flag_on_post 🚩,white_flag 🏳️,black_flag 🏴,recycle ♻️,infinity ♾️,
one 1️⃣,two 2️⃣,three 3️⃣,four 4️⃣,five 5️⃣,six 6️⃣,seven 7️⃣,eight 8️⃣,nine 9️⃣,keycap_ten 🔟,zero 0️⃣,hash #️⃣,ladder 🪜,broom 🧹,wastebasket 🗑️,file_folder 📁,open_file_folder 📂,
floppy_disk 💾,camera 📷,movie_camera 🎥,microphone 🎤,headphones 🎧,scroll 📜,lab_coat 🥼,stethoscope 🩺,adhesive_bandage 🩹,pill 💊,dna 🧬,brain 🧠,crystal_ball 🔮,compass 🧭,world_map 🗺️,frame_with_picture 🖼️`;

const builtIn = new Map(COMMON.split(",").map((pair) => pair.trim().split(" ")));

/** The character for a shortcode, or null. */
export function emojiChar(name) {
  const bare = String(name).replace(/::skin-tone-\d$/, "");
  const own = Object.hasOwn(state.emoji, bare) ? state.emoji[bare] : null;
  return own ?? builtIn.get(bare) ?? null;
}

/** Every shortcode there is, best matches for `query` first. */
export function findEmoji(query, limit = 60) {
  const names = [...new Set([...builtIn.keys(), ...Object.keys(state.emoji)])];
  const wanted = query.toLowerCase();
  const found = names.filter((name) => name.includes(wanted));
  if (wanted) found.sort((a, b) => Number(b.startsWith(wanted)) - Number(a.startsWith(wanted)) || a.length - b.length);
  const seen = new Set();
  return found.filter((name) => !seen.has(emojiChar(name)) && seen.add(emojiChar(name))).slice(0, limit);
}

/** One emoji as inline content; an unknown shortcode stays text. */
export function emojiNode(name) {
  const char = emojiChar(name);
  if (!char) return document.createTextNode(`:${name}:`);
  return h("span.emoji", { role: "img", "aria-label": `${name.replaceAll("_", " ")} emoji`, title: `:${name}:` }, char);
}

const COLUMNS = 8;

/** Opens a grid of emoji at `anchor`; `onpick` gets the shortcode. */
export function pickEmoji(anchor, onpick) {
  const search = h("input", { type: "search", placeholder: "Find an emoji", "aria-label": "Find an emoji", autocomplete: "off" });
  const grid = h("div.emoji-grid", { role: "group", "aria-label": "Emoji" });
  const box = popup(anchor, h("div.emoji-picker", {}, search, grid), { label: "Emoji", focus: search });
  const pick = (name) => {
    box.close();
    refocus(anchor);
    onpick(name);
  };
  const draw = () => {
    const names = findEmoji(search.value.trim().replaceAll(":", ""));
    grid.replaceChildren(...names.map((name, i) =>
      h("button.emoji-cell", { type: "button", tabindex: i ? -1 : 0, title: `:${name}:`, "aria-label": name.replaceAll("_", " "), onclick: () => pick(name) }, emojiChar(name))));
    if (!names.length) grid.replaceChildren(h("p.quiet", {}, "No emoji by that name."));
    box.place();
  };
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      grid.querySelector("button")?.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      grid.querySelector("button")?.click();
    }
  });
  grid.addEventListener("keydown", (event) => {
    const cells = [...grid.querySelectorAll("button")];
    const at = cells.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + COLUMNS, ArrowUp: at - COLUMNS, Home: 0, End: cells.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0) search.focus();
    else cells[Math.min(to, cells.length - 1)].focus();
  });
  draw();
}
