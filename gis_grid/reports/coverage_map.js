/* The cells of a run on a folium map, coloured by the walk to the category that is chosen. */
(function (map, data) {
  var homes = data.lon.map(function (lon, k) {
    return L.circleMarker([data.lat[k], lon], { radius: 4, weight: 0.5, color: '#17202B' })
      .bindTooltip('', { sticky: true }).addTo(map);
  });
  var places = L.layerGroup().addTo(map);
  var choice = document.getElementById('category');
  var panel = document.getElementById('panel').getBoundingClientRect();
  var beside = window.innerWidth > 700;
  if (homes.length) {
    map.fitBounds(L.featureGroup(homes).getBounds().pad(0.03), {
      paddingTopLeft: [beside ? panel.right : 0, 0],
      paddingBottomRight: [0, beside ? 0 : panel.height],
    });
  }

  function text(words) {   // names are data, never markup
    var line = document.createElement('span');
    line.textContent = words;
    return line;
  }

  function classOf(minutes) {
    for (var k = 0; k < data.classes.length; k += 1) if (minutes <= data.classes[k].to) return data.classes[k];
    return data.beyond;
  }

  function show() {
    var found = data.found[choice.value];
    homes.forEach(function (home, k) {
      var minutes = found.minutes[k];
      var kind = found.verdict[k] === 'n' ? data.none : (minutes === null ? data.beyond : classOf(minutes));
      var gap = found.verdict[k] !== 'c';
      home.setStyle({ fillColor: kind.colour, fillOpacity: 0.9, weight: gap ? 1.4 : 0.5, color: gap ? '#B3201F' : '#17202B' });
      home.setTooltipContent(text(data.words.people.replace('{count}', data.weight[k]) + ' · '
        + (found.verdict[k] === 'n' || minutes === null ? kind.label : data.words.minutes.replace('{count}', minutes))));
    });
    places.clearLayers();
    found.places.forEach(function (place) {
      L.marker([place[2], place[1]], { icon: L.divIcon({ className: 'place', iconSize: [16, 16] }), alt: place[0] })
        .bindTooltip(text(place[0])).addTo(places);
    });
    document.querySelectorAll('[data-category]').forEach(function (row) {
      row.toggleAttribute('data-chosen', row.dataset.category === choice.value);
    });
  }

  choice.addEventListener('change', show);
  show();
})
