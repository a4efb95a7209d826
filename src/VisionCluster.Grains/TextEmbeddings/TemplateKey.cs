using VisionCluster.Contracts.Classification;

namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>Templates as part of a key: a named set and the same sentences given one by one are the same.</summary>
internal static class TemplateKey
{
    public static string Of(PromptTemplates templates) => string.Join('\n', TemplateSets.Resolve(templates));
}
