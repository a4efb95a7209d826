using VisionCluster.Contracts.Embeddings;

namespace VisionCluster.Inference.Models.Clip;

/// <summary>Makes matrices of rows.</summary>
public static class LabelMatrix
{
    /// <summary>Rows of one length as a matrix.</summary>
    public static LabelEmbeddings Of(IReadOnlyList<float[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var dimension = rows.Count == 0 ? 0 : rows[0].Length;
        var values = new float[rows.Count * dimension];
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].CopyTo(values.AsSpan(i * dimension));
        }

        return new LabelEmbeddings(dimension, values);
    }
}
