namespace VisionCluster.Contracts.Sessions;

/// <summary>Which embeddings of an image a call is about.</summary>
[Flags]
public enum EmbeddingKind
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>SAM's image embedding.</summary>
    Sam = 1,

    /// <summary>CLIP's embedding of the whole image.</summary>
    Clip = 2,
}
