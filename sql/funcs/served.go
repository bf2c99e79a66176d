package funcs

import "strings"

// notServed are the functions of Trino 476 that are known and not served: a
// call of one is NOT_SUPPORTED rather than unknown.
var notServed = func() map[string]bool {
	m := make(map[string]bool)
	for _, name := range strings.Fields(notServedNames) {
		m[name] = true
	}
	return m
}()

const notServedNames = `
approx_set bing_tile bing_tile_at bing_tile_coordinates bing_tile_polygon
bing_tile_quadkey bing_tile_zoom_level bing_tiles_around char2hexint classify convex_hull_agg current_groups empty_approx_set evaluate_classifier_predictions exclude_columns features
from_encoded_polyline version from_geojson_geometry geometry_from_hadoop_shape geometry_invalid_reason
geometry_nearest_points geometry_to_bing_tiles geometry_union geometry_union_agg great_circle_distance
hash_counts intersection_cardinality jaccard_index
json_table learn_classifier learn_libsvm_classifier
learn_libsvm_regressor learn_regressor line_interpolate_point line_interpolate_points line_locate_point
make_set_digest merge merge_set_digest 
qdigest_agg quantile_at_value regress
simplify_geometry spatial_partitioning spatial_partitions 
st_area st_asbinary st_astext st_boundary st_buffer st_centroid st_contains st_convexhull st_coorddim st_crosses
st_difference st_dimension st_disjoint st_distance st_endpoint st_envelope st_equals st_exteriorring
st_geometryfromtext st_geometryn st_geometrytype st_geomfrombinary st_interiorringn st_interiorrings
st_intersection st_intersects st_isclosed st_isempty st_isring st_issimple st_isvalid st_length st_linefromtext
st_linestring st_multipoint st_numgeometries st_numinteriorring st_numpoints st_overlaps st_point st_pointn
st_points st_polygon st_relate st_startpoint st_symdifference st_touches st_union st_within st_x st_xmax st_xmin
st_y st_ymax st_ymin tdigest_agg to_encoded_polyline to_geojson_geometry to_geometry
to_spherical_geography value_at_quantile values_at_quantiles 
`
